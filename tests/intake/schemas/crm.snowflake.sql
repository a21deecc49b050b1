create or replace database CRM;
use role SYSADMIN;
create or replace schema CRM.PUBLIC;
create or replace sequence CRM.PUBLIC.SEQ1 start = 100 increment = 10 order;
create or replace TABLE CRM.PUBLIC.ACCOUNT cluster by (REGION) (
	ID NUMBER(38,0) NOT NULL autoincrement start 1 increment 1 noorder,
	NAME VARCHAR(16777216) NOT NULL COLLATE 'en-ci',
	REGION VARCHAR(20) DEFAULT 'EMEA' COMMENT 'it''s the region',
	WEBSITE VARCHAR(255), ARR NUMBER(18,2), CREATED TIMESTAMP_LTZ(9) NOT NULL DEFAULT CURRENT_TIMESTAMP(), UPDATED TIMESTAMP_NTZ(9), META VARIANT, TAGS ARRAY, OBJ OBJECT, GEO GEOGRAPHY, BIN BINARY(16), V VECTOR(FLOAT, 256),
	IS_OK BOOLEAN DEFAULT FALSE WITH TAG (GOVERNANCE.PII='no') MASKING POLICY MASKS.EMAIL,
	unique (NAME),
	primary key (ID)
)COMMENT='all accounts; yes' DATA_RETENTION_TIME_IN_DAYS = 1 CHANGE_TRACKING = TRUE;
create or replace TRANSIENT TABLE CONTACT (
	ID INT IDENTITY(1000,1) PRIMARY KEY, ACCOUNT_ID NUMBER NOT NULL REFERENCES ACCOUNT(ID), EMAIL STRING NOT NULL UNIQUE, "First Name" TEXT, PHONE CHAR(12), AGE NUMBER(3), SEQ NUMBER DEFAULT SEQ1.NEXTVAL, constraint FK foreign key (ACCOUNT_ID) references CRM.PUBLIC.ACCOUNT(ID) NOT ENFORCED NOVALIDATE RELY
);
create or replace table DEAL (ID VARCHAR(36) NOT NULL DEFAULT UUID_STRING(), CONTACT_ID INT, STAGE VARCHAR(10), AMOUNT FLOAT, CLOSED DATE, T TIME(9), primary key (ID), foreign key (CONTACT_ID) references CONTACT);
alter table DEAL add column PROB NUMBER(5,4), NOTE VARCHAR;
alter table DEAL alter column AMOUNT set not null;
create or replace stage S url='s3://x' file_format = (type = 'CSV');
create or replace file format FF type = 'CSV' field_delimiter = ';';
create or replace pipe P as copy into DEAL from @S;
create or replace task T schedule = '1 minute' as call p();
create or replace stream ST on table DEAL;
create or replace view VW(ID) as (select ID from DEAL);
create or replace procedure PP() returns string language javascript as $$ return "x; y"; $$;
create table DEAL_COPY like DEAL;
create table DEAL_CLONE clone DEAL;
create dynamic table DT target_lag='1 hour' warehouse=w as select * from DEAL;
