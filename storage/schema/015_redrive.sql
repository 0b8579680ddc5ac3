-- Failed records that are being put in again: the error object of a delivery stream that was not taken to its end, and how
-- many of its bytes were.
CREATE TABLE redrive_position(
    delivery_stream INTEGER PRIMARY KEY,
    bucket INTEGER NOT NULL,
    key BLOB NOT NULL,
    etag TEXT NOT NULL,
    place INTEGER NOT NULL
);
CREATE TRIGGER redrive_position_gone AFTER DELETE ON delivery_stream BEGIN
    DELETE FROM redrive_position WHERE delivery_stream = OLD.id;
END;
