CREATE SCHEMA [Person] AUTHORIZATION [dbo]
GO
CREATE TYPE [dbo].[Flag] FROM [bit] NOT NULL
GO
CREATE TYPE [dbo].[Name] FROM [nvarchar](50) NULL
GO
CREATE TABLE [Person].[BusinessEntity]([BusinessEntityID] [int] IDENTITY(1,1) NOT NULL, [rowguid] [uniqueidentifier] ROWGUIDCOL NOT NULL DEFAULT (newid()), [ModifiedDate] [datetime] NOT NULL DEFAULT (getdate()), CONSTRAINT [PK_BE] PRIMARY KEY CLUSTERED ([BusinessEntityID]));
GO
CREATE TABLE [Person].[Person]([BusinessEntityID] [int] NOT NULL PRIMARY KEY REFERENCES [Person].[BusinessEntity]([BusinessEntityID]), [PersonType] [nchar](2) NOT NULL, [NameStyle] [dbo].[Flag] NOT NULL, [FirstName] [dbo].[Name] NOT NULL, [LastName] [dbo].[Name] NOT NULL, [EmailPromotion] [int] NOT NULL, CONSTRAINT [CK_Promotion] CHECK ([EmailPromotion] BETWEEN 0 AND 2), CONSTRAINT [CK_Type] CHECK ([PersonType] IS NULL OR UPPER([PersonType]) IN ('SC', 'VC', 'IN', 'EM', 'SP', 'GC')));
GO
CREATE TABLE [HumanResources].[Employee]([BusinessEntityID] [int] NOT NULL PRIMARY KEY CLUSTERED, [NationalIDNumber] [nvarchar](15) NOT NULL, [LoginID] [nvarchar](256) NOT NULL, [OrganizationNode] [hierarchyid] NULL, [JobTitle] [nvarchar](50) NOT NULL, [BirthDate] [date] NOT NULL, [MaritalStatus] [nchar](1) NOT NULL, [Gender] [nchar](1) NOT NULL, [HireDate] [date] NOT NULL, [VacationHours] [smallint] NOT NULL DEFAULT (0), [CurrentFlag] [dbo].[Flag] NOT NULL,
  CONSTRAINT [CK_BirthDate] CHECK ([BirthDate] >= '1930-01-01' AND [BirthDate] <= '2006-12-31'), CONSTRAINT [CK_MS] CHECK (UPPER([MaritalStatus]) IN ('M', 'S')), CONSTRAINT [CK_G] CHECK (UPPER([Gender])='M' OR UPPER([Gender])='F'), CONSTRAINT [CK_V] CHECK ([VacationHours]>=(-40) AND [VacationHours]<=(240)), CONSTRAINT [FK_E_P] FOREIGN KEY ([BusinessEntityID]) REFERENCES [Person].[Person] ([BusinessEntityID]));
GO
CREATE UNIQUE NONCLUSTERED INDEX [AK_Login] ON [HumanResources].[Employee]([LoginID] ASC);
GO
CREATE TABLE [Production].[UnitMeasure]([UnitMeasureCode] [nchar](3) NOT NULL PRIMARY KEY, [Name] [dbo].[Name] NOT NULL);
GO
CREATE TABLE [Production].[Product]([ProductID] [int] IDENTITY(1,1) NOT NULL PRIMARY KEY, [Name] [dbo].[Name] NOT NULL, [ProductNumber] [nvarchar](25) NOT NULL UNIQUE, [MakeFlag] [dbo].[Flag] NOT NULL, [SafetyStockLevel] [smallint] NOT NULL CHECK ([SafetyStockLevel] > 0), [StandardCost] [money] NOT NULL, [ListPrice] [money] NOT NULL, [SizeUnitMeasureCode] [nchar](3) NULL REFERENCES [Production].[UnitMeasure], [Weight] [decimal](8, 2) NULL, [SellStartDate] [datetime] NOT NULL, [SellEndDate] [datetime] NULL, CHECK ([SellEndDate] >= [SellStartDate] OR [SellEndDate] IS NULL), CHECK ([Weight] > 0.00), CHECK ([ListPrice] >= 0.00), CHECK ([StandardCost] >= 0.00));
GO
CREATE TABLE [Production].[BillOfMaterials]([BillOfMaterialsID] [int] IDENTITY(1,1) NOT NULL PRIMARY KEY NONCLUSTERED, [ProductAssemblyID] [int] NULL REFERENCES [Production].[Product], [ComponentID] [int] NOT NULL REFERENCES [Production].[Product], [StartDate] [datetime] NOT NULL, [EndDate] [datetime] NULL, [UnitMeasureCode] [nchar](3) NOT NULL REFERENCES [Production].[UnitMeasure], [BOMLevel] [smallint] NOT NULL, [PerAssemblyQty] [decimal](8, 2) NOT NULL CHECK ([PerAssemblyQty] >= 1.00), CHECK ([EndDate] > [StartDate] OR [EndDate] IS NULL));
GO
CREATE TABLE [Sales].[SalesOrderHeader]([SalesOrderID] [int] IDENTITY(1,1) NOT NULL PRIMARY KEY, [RevisionNumber] [tinyint] NOT NULL DEFAULT (0), [OrderDate] [datetime] NOT NULL, [DueDate] [datetime] NOT NULL, [ShipDate] [datetime] NULL, [Status] [tinyint] NOT NULL CHECK ([Status] BETWEEN 0 AND 8), [SalesOrderNumber] AS (ISNULL(N'SO' + CONVERT(nvarchar(23), [SalesOrderID]), N'*** ERROR ***')), [SubTotal] [money] NOT NULL, [TaxAmt] [money] NOT NULL, [Freight] [money] NOT NULL, [TotalDue] AS (ISNULL([SubTotal] + [TaxAmt] + [Freight], 0)), [CustomerID] [int] NOT NULL REFERENCES [Person].[Person], CHECK ([DueDate] >= [OrderDate]), CHECK ([ShipDate] >= [OrderDate] OR [ShipDate] IS NULL), CHECK ([SubTotal] >= 0.00));
GO
CREATE TABLE [Sales].[SalesOrderDetail]([SalesOrderID] [int] NOT NULL REFERENCES [Sales].[SalesOrderHeader] ON DELETE CASCADE, [SalesOrderDetailID] [int] IDENTITY(1,1) NOT NULL, [OrderQty] [smallint] NOT NULL CHECK ([OrderQty] > 0), [ProductID] [int] NOT NULL REFERENCES [Production].[Product], [UnitPrice] [money] NOT NULL CHECK ([UnitPrice] >= 0.00), [UnitPriceDiscount] [money] NOT NULL, [LineTotal] AS (ISNULL([UnitPrice] * (1.0 - [UnitPriceDiscount]) * [OrderQty], 0.0)), PRIMARY KEY CLUSTERED ([SalesOrderID] ASC, [SalesOrderDetailID] ASC));
GO
