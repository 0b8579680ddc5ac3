-- LoggingConfig: 'Text' or 'JSON'; of JSON the least levels that are written, '' for INFO.
ALTER TABLE function ADD COLUMN log_format TEXT NOT NULL DEFAULT 'Text';
ALTER TABLE function ADD COLUMN application_level TEXT NOT NULL DEFAULT '';
ALTER TABLE function ADD COLUMN system_level TEXT NOT NULL DEFAULT '';
