CREATE TABLE [dbo].[DimDate]([Datekey] [datetime] NOT NULL, [FullDateLabel] [nvarchar](20) NOT NULL, [CalendarYear] [int] NOT NULL, [IsWorkDay] [nvarchar](20) NOT NULL, [IsHoliday] [int] NOT NULL, CONSTRAINT [PK_DimDate_DateKey] PRIMARY KEY CLUSTERED ([Datekey] ASC)) ON [PRIMARY]
GO
CREATE TABLE [dbo].[DimGeography]([GeographyKey] [int] IDENTITY(100,1) NOT NULL, [ContinentName] [nvarchar](50) NOT NULL, [CityName] [nvarchar](100) NULL, [RegionCountryName] [nvarchar](100) NULL, [Geometry] [geometry] NULL, CONSTRAINT [PK1] PRIMARY KEY CLUSTERED ([GeographyKey] ASC))
GO
CREATE TABLE [dbo].[DimStore]([StoreKey] [int] IDENTITY(1,1) PRIMARY KEY, [GeographyKey] [int] NOT NULL, [StoreManager] [int] NULL, [StoreType] [nvarchar](15) NULL, [StoreName] [nvarchar](100) NOT NULL, [Status] [nvarchar](20) NOT NULL, [OpenDate] [datetime] NOT NULL, [CloseDate] [datetime] NULL, [ZipCode] [nvarchar](20), [SellingAreaSize] [float] NULL)
GO
CREATE TABLE [dbo].[DimEmployee]([EmployeeKey] [int] IDENTITY(1,1) NOT NULL PRIMARY KEY, [ParentEmployeeKey] [int] NULL, [FirstName] [nvarchar](50) NOT NULL, [LastName] [nvarchar](50) NOT NULL, [MiddleName] [nvarchar](50) NULL, [HireDate] [date] NULL, [BirthDate] [date] NULL, [LoginID] [nvarchar](256) NULL, [MaritalStatus] [nchar](1) NULL, [SalariedFlag] [bit] NULL, [Gender] [nchar](1) NULL, [PayFrequency] [tinyint] NULL, [BaseRate] [money] NULL, [VacationHours] [smallint] NULL, [CurrentFlag] [bit] NOT NULL, [StartDate] [date] NULL, [EndDate] [date] NULL, [Status] [nvarchar](50) NULL, CONSTRAINT [ck] CHECK ([MaritalStatus]='S' OR [MaritalStatus]='M'), CHECK (upper([Gender])='F' OR upper([Gender])='M'), CHECK ([HireDate]>='1996-07-01' AND [HireDate]<=dateadd(day,(1),getdate())), CHECK ([BirthDate]>='1930-01-01' AND [BirthDate]<=dateadd(year,(-18),getdate())))
GO
CREATE TABLE [dbo].[FactSales]([SalesKey] [int] IDENTITY(1,1) NOT NULL, [DateKey] [datetime] NOT NULL, [StoreKey] [int] NOT NULL, [UnitCost] [money] NOT NULL, [UnitPrice] [money] NOT NULL, [SalesQuantity] [int] NOT NULL, [ReturnQuantity] [int] NOT NULL, [ReturnAmount] [money] NULL, [DiscountAmount] [money] NULL, [TotalCost] [money] NOT NULL, [SalesAmount] [money] NOT NULL, [ETLLoadID] [int] NULL, [LoadDate] [datetime] NULL, CONSTRAINT [PK_FactSales] PRIMARY KEY CLUSTERED ([SalesKey] ASC))
GO
ALTER TABLE [dbo].[DimEmployee] WITH CHECK ADD CONSTRAINT [FKe] FOREIGN KEY([ParentEmployeeKey]) REFERENCES [dbo].[DimEmployee] ([EmployeeKey])
GO
ALTER TABLE [dbo].[DimStore] WITH CHECK ADD CONSTRAINT [FKg] FOREIGN KEY([GeographyKey]) REFERENCES [dbo].[DimGeography] ([GeographyKey])
GO
ALTER TABLE [dbo].[FactSales] WITH CHECK ADD CONSTRAINT [FKd] FOREIGN KEY([DateKey]) REFERENCES [dbo].[DimDate] ([Datekey])
GO
ALTER TABLE [dbo].[FactSales] WITH CHECK ADD CONSTRAINT [FKs] FOREIGN KEY([StoreKey]) REFERENCES [dbo].[DimStore] ([StoreKey])
GO
ALTER TABLE [dbo].[FactSales] ADD CONSTRAINT ck_ret CHECK ([ReturnQuantity] <= [SalesQuantity] AND [ReturnQuantity] >= 0)
GO
