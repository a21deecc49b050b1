CREATE TABLE `proj.ads.campaign` (
  campaign_id INT64 NOT NULL OPTIONS(description="the key"),
  name STRING(100) NOT NULL,
  budget NUMERIC(12, 2),
  active BOOL NOT NULL,
  starts DATE,
  targeting STRUCT<country STRING, ages ARRAY<INT64>>,
  PRIMARY KEY (campaign_id) NOT ENFORCED
) OPTIONS(description="campaigns");
CREATE OR REPLACE TABLE `proj.ads.click` (
  click_id STRING NOT NULL,
  campaign_id INT64 NOT NULL,
  at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP(),
  cost FLOAT64,
  geo GEOGRAPHY,
  PRIMARY KEY (click_id) NOT ENFORCED,
  FOREIGN KEY (campaign_id) REFERENCES `proj.ads.campaign` (campaign_id) NOT ENFORCED
) PARTITION BY DATE(at) CLUSTER BY campaign_id;
