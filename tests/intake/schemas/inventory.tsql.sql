CREATE TABLE [wh].[Warehouse] ([Id] uniqueidentifier NOT NULL DEFAULT newsequentialid() PRIMARY KEY, [Code] char(6) NOT NULL UNIQUE, [Location] geography NULL, [RowVer] rowversion NULL);
GO
CREATE TABLE [wh].[Item] ([Id] bigint IDENTITY PRIMARY KEY, [Sku] varchar(24) NOT NULL, [MinStock] int NOT NULL, [MaxStock] int NOT NULL, [Active] bit NOT NULL DEFAULT 1, [Created] datetimeoffset(3) NOT NULL DEFAULT sysdatetimeoffset(), CONSTRAINT CK_Stock CHECK ([MinStock] >= 0 AND [MaxStock] > [MinStock]), CONSTRAINT UQ_Sku UNIQUE NONCLUSTERED ([Sku]));
GO
CREATE TABLE [wh].[Stock] ([WarehouseId] uniqueidentifier NOT NULL REFERENCES [wh].[Warehouse]([Id]), [ItemId] bigint NOT NULL FOREIGN KEY REFERENCES [wh].[Item]([Id]), [Qty] decimal(9,3) NOT NULL CHECK ([Qty] >= 0), [Counted] smalldatetime NULL, CONSTRAINT PK_Stock PRIMARY KEY CLUSTERED ([WarehouseId] ASC, [ItemId] ASC) WITH (PAD_INDEX = OFF) ON [PRIMARY]);
GO
CREATE TABLE [wh].[Move] ([Id] bigint IDENTITY(1000,1) NOT NULL PRIMARY KEY, [WarehouseId] uniqueidentifier NOT NULL, [ItemId] bigint NOT NULL, [Delta] decimal(9,3) NOT NULL CHECK ([Delta] <> 0), [At] datetime2(7) NOT NULL, [Kind] varchar(10) NOT NULL CHECK ([Kind]='in' OR [Kind]='out' OR [Kind]='count'), [Note] nvarchar(max) NULL, CONSTRAINT FK_Stock FOREIGN KEY ([WarehouseId], [ItemId]) REFERENCES [wh].[Stock] ([WarehouseId], [ItemId]));
GO
