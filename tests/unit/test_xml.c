#include "emulator/base/xml.h"

#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "tests/lib/asserts.h"
#include "tests/lib/mem_fault.h"

static struct arena arena;

static int set_up(void **state)
{
    (void)mem_fault_set_up(state);
    arena_init(&arena, (size_t)64 * 1024 * 1024);
    return 0;
}

static int tear_down(void **state)
{
    arena_clear(&arena);
    return mem_fault_tear_down(state);
}

static const struct xml_element *parsed(const char *document)
{
    const struct xml_element *root = NULL;
    assert_ok(xml_parse(slice_of(document), &arena, &root));
    return root;
}

static void assert_refused(const char *document)
{
    const struct xml_element *root = NULL;
    assert_status(xml_parse(slice_of(document), &arena, &root), STATUS_INVALID);
    assert_null(root);
}

static void children_are_found_by_name(void **state)
{
    (void)state;
    const struct xml_element *root =
        parsed("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
               "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\n"
               "  <Object><Key>a</Key></Object>\n  <Object><Key>b</Key></Object>\n"
               "  <Quiet>true</Quiet>\n</Delete>");
    assert_slice(root->name, "Delete");
    const struct xml_element *first = xml_child(root, "Object");
    assert_slice(xml_child_text(first, "Key"), "a");
    assert_slice(xml_child_text(first->next, "Key"), "b");
    assert_slice(xml_child_text(root, "Quiet"), "true");
    assert_null(first->next->next->next);
    assert_null(xml_child(root, "object"));
    assert_null(xml_child(NULL, "Object"));
    assert_slice(xml_child_text(NULL, "Key"), "");
    assert_slice(xml_child_text(root, "none"), "");
}

static void a_prefix_is_not_part_of_the_name(void **state)
{
    (void)state;
    const struct xml_element *root = parsed("<s3:A xmlns:s3=\"urn:x\"><s3:B>1</s3:B></s3:A>");
    assert_slice(root->name, "A");
    assert_slice(xml_child_text(root, "B"), "1");
    assert_refused("<x:A/>");
    assert_refused("<x: xmlns:x=\"urn:x\"/>");
    assert_refused("<x:1 xmlns:x=\"urn:x\"/>");
}

static void text_is_what_stands_between_the_tags(void **state)
{
    (void)state;
    const struct xml_element *root =
        parsed("<A>x&lt;&gt;&amp;&quot;&apos;&#65;&#x20AC;\ny<B>inner</B>z<![CDATA[<c>&]]></A>");
    assert_slice(root->text, "x<>&\"'A\xE2\x82\xAC\nyz<c>&");
    assert_slice(xml_child_text(root, "B"), "inner");
    assert_slice(parsed("<A/>")->text, "");
    assert_slice(parsed("<A><!-- not this --></A>")->text, "");
}

static void text_of_an_earlier_sibling_does_not_linger(void **state)
{
    (void)state;
    const struct xml_element *root = parsed("<A><B>long text</B><B>x</B><B/></A>");
    assert_slice(root->first_child->text, "long text");
    assert_slice(root->first_child->next->text, "x");
    assert_slice(root->first_child->next->next->text, "");
}

static void what_is_not_well_formed_is_refused(void **state)
{
    (void)state;
    assert_refused("");
    assert_refused(" ");
    assert_refused("text");
    assert_refused("<A>");
    assert_refused("<A></B>");
    assert_refused("<A/><B/>");
    assert_refused("<A>&nbsp;</A>");
    assert_refused("<A>\xFF</A>");
    assert_refused("<A>&#0;</A>");
    assert_refused("<A b=1/>");
}

static void document_types_and_entities_are_refused(void **state)
{
    (void)state;
    assert_refused("<!DOCTYPE A><A/>");
    assert_refused("<!DOCTYPE A [<!ENTITY x \"y\">]><A>&x;</A>");
    assert_refused("<!DOCTYPE A SYSTEM \"file:///etc/passwd\"><A/>");
    assert_refused("<!DOCTYPE A [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><A>&x;</A>");
}

static enum status parse_text(const struct text *document)
{
    const struct xml_element *root = NULL;
    return xml_parse(text_slice(document), &arena, &root);
}

static enum status parse_nested(size_t depth)
{
    struct text document;
    text_init(&document, 10000);
    for (size_t i = 0; i < depth; i++)
        xml_open(&document, "a", NULL);
    for (size_t i = 0; i < depth; i++)
        xml_close(&document, "a");
    enum status status = parse_text(&document);
    text_close(&document);
    return status;
}

static void depth_has_a_maximum(void **state)
{
    (void)state;
    assert_ok(parse_nested(XML_MAX_DEPTH));
    assert_status(parse_nested(XML_MAX_DEPTH + 1), STATUS_INVALID);
}

static enum status parse_wide(size_t children)
{
    struct text document;
    text_init(&document, XML_MAX_BYTES);
    xml_open(&document, "a", NULL);
    for (size_t i = 0; i < children; i++)
        text_append_text(&document, "<b/>");
    xml_close(&document, "a");
    enum status status = parse_text(&document);
    text_close(&document);
    return status;
}

static void the_number_of_elements_has_a_maximum(void **state)
{
    (void)state;
    assert_ok(parse_wide(XML_MAX_ELEMENTS - 1));
    assert_status(parse_wide(XML_MAX_ELEMENTS), STATUS_INVALID);
}

static void the_length_has_a_maximum(void **state)
{
    (void)state;
    struct text document;
    text_init(&document, 2 * XML_MAX_BYTES);
    char *room = text_reserve(&document, XML_MAX_BYTES);
    assert_non_null(room);
    memset(room, ' ', XML_MAX_BYTES);
    memcpy(room, "<a>", 3);
    memcpy(room + XML_MAX_BYTES - 4, "</a>", 4);
    text_grew(&document, XML_MAX_BYTES);
    assert_ok(parse_text(&document));
    text_append_byte(&document, '\n');
    assert_status(parse_text(&document), STATUS_INVALID);
    text_close(&document);
}

static void a_full_arena_is_no_memory(void **state)
{
    (void)state;
    struct arena small;
    arena_init(&small, 200);
    const struct xml_element *root = NULL;
    assert_status(xml_parse(SLICE("<A><B>1</B><C>2</C><D>3</D></A>"), &small, &root),
                  STATUS_NO_MEMORY);
    assert_null(root);
    arena_clear(&small);
}

static void sweep(bool is_sticky)
{
    FAULT_SWEEP(mem_fault, n, is_sticky) {
        const struct xml_element *root = NULL;
        enum status status = xml_parse(SLICE("<A x='1'><B>1</B>&lt;<C/></A>"), &arena, &root);
        fault_disarm(mem_fault);
        assert_status(status, mem_fault->fired ? STATUS_NO_MEMORY : STATUS_OK);
        assert_true((root != NULL) == !mem_fault->fired);
        arena_clear(&arena);
        assert_int_equal(mem_fault_outstanding(), 0);
    }
}

static void without_memory_there_is_no_tree(void **state)
{
    (void)state;
    sweep(false);
    sweep(true);
}

static void documents_are_written(void **state)
{
    (void)state;
    struct text out;
    text_init(&out, 10000);
    xml_declaration(&out);
    xml_open(&out, "A", "xmlns=\"urn:x\"");
    xml_put(&out, "K", SLICE("<a>&\"'\r\n\t\x01"));
    xml_put(&out, "E", slice_of(NULL));
    xml_put_integer(&out, "N", -7);
    xml_close(&out, "A");
    assert_slice(text_slice(&out),
                 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<A xmlns=\"urn:x\">"
                 "<K>&lt;a&gt;&amp;&quot;&apos;&#13;\n\t&#1;</K><E></E><N>-7</N></A>");
    text_close(&out);
}

static void what_was_written_is_read_again(void **state)
{
    (void)state;
    struct slice key = SLICE("a<b>&c\"d'\r\n \t\xE2\x82\xAC");
    struct text out;
    text_init(&out, 10000);
    xml_put(&out, "Key", key);
    const struct xml_element *root = NULL;
    assert_ok(xml_parse(text_slice(&out), &arena, &root));
    assert_slices_equal(root->text, key);
    text_close(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(children_are_found_by_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_prefix_is_not_part_of_the_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(text_is_what_stands_between_the_tags, set_up, tear_down),
        cmocka_unit_test_setup_teardown(text_of_an_earlier_sibling_does_not_linger, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_well_formed_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(document_types_and_entities_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(depth_has_a_maximum, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_number_of_elements_has_a_maximum, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_length_has_a_maximum, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_arena_is_no_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_memory_there_is_no_tree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(documents_are_written, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_written_is_read_again, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
