#include "handlers/lambda/layer_json.h"

#include "emulator/base/dates.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "handlers/lambda/layer_address.h"

void layer_json_write_members(struct call *call, struct json_writer *w, const struct layer_key *key,
                              const struct layer_row *row)
{
    char created[DATE_TEXT_BYTES];
    dates_iso_offset(row->created_ms, created);
    json_put_string(w, "LayerVersionArn", layer_address_arn(call, key));
    json_put_integer(w, "Version", key->version);
    json_put_string(w, "Description", row->description);
    json_put_text(w, "CreatedDate", created);
    if (row->runtimes.len > 0)
        json_put_raw(w, "CompatibleRuntimes", row->runtimes);
    if (row->architectures.len > 0)
        json_put_raw(w, "CompatibleArchitectures", row->architectures);
    if (row->license.len > 0)
        json_put_string(w, "LicenseInfo", row->license);
}
