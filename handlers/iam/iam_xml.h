/*
 * iam_xml.h -- how IAM writes times, truth and policy documents.
 */
#ifndef HANDLERS_IAM_IAM_XML_H
#define HANDLERS_IAM_IAM_XML_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct text;

void iam_xml_time(struct text *xml, const char *name, int64_t epoch_ms);
void iam_xml_bool(struct text *xml, const char *name, bool value);

/* Nothing for an empty value. */
void iam_xml_optional(struct text *xml, const char *name, struct slice value);

/* Percent-encoded (RFC 3986), as all policy documents in IAM's answers. */
void iam_xml_document(struct text *xml, const char *name, struct slice document);

/* An attached boundary; nothing when `arn` is empty. */
void iam_xml_boundary(struct text *xml, struct slice arn);

#endif
