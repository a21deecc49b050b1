USE [Northwind]
GO
SET ANSI_NULLS ON
GO
CREATE TABLE [dbo].[Categories]([CategoryID] [int] IDENTITY(1,1) NOT NULL, [CategoryName] [nvarchar](15) NOT NULL, [Description] [ntext] NULL, [Picture] [image] NULL, CONSTRAINT [PK_Categories] PRIMARY KEY CLUSTERED ([CategoryID] ASC)) ON [PRIMARY]
GO
CREATE TABLE [dbo].[Suppliers]([SupplierID] [int] IDENTITY(1,1) NOT NULL CONSTRAINT [PK_Suppliers] PRIMARY KEY, [CompanyName] [nvarchar](40) NOT NULL, [ContactName] [nvarchar](30) NULL, [City] [nvarchar](15) NULL, [HomePage] [ntext] NULL)
GO
CREATE TABLE [dbo].[Customers]([CustomerID] [nchar](5) NOT NULL, [CompanyName] [nvarchar](40) NOT NULL, [Country] [nvarchar](15) NULL, [Phone] [nvarchar](24) NULL, CONSTRAINT [PK_Customers] PRIMARY KEY CLUSTERED ([CustomerID] ASC)) ON [PRIMARY]
GO
CREATE TABLE [dbo].[Employees]([EmployeeID] [int] IDENTITY(1,1) NOT NULL PRIMARY KEY, [LastName] [nvarchar](20) NOT NULL, [FirstName] [nvarchar](10) NOT NULL, [BirthDate] [datetime] NULL, [HireDate] [datetime] NULL, [ReportsTo] [int] NULL, CONSTRAINT [CK_Birthdate] CHECK ([BirthDate] < getdate()), CONSTRAINT [FK_Employees] FOREIGN KEY ([ReportsTo]) REFERENCES [dbo].[Employees] ([EmployeeID]))
GO
CREATE TABLE [dbo].[Shippers]([ShipperID] [int] IDENTITY(1,1) NOT NULL PRIMARY KEY, [CompanyName] [nvarchar](40) NOT NULL)
GO
CREATE TABLE [dbo].[Products]([ProductID] [int] IDENTITY(1,1) NOT NULL PRIMARY KEY, [ProductName] [nvarchar](40) NOT NULL, [SupplierID] [int] NULL, [CategoryID] [int] NULL, [UnitPrice] [money] NULL CONSTRAINT [DF_UnitPrice] DEFAULT ((0)), [UnitsInStock] [smallint] NULL, [Discontinued] [bit] NOT NULL CONSTRAINT [DF_Disc] DEFAULT ((0)))
GO
CREATE TABLE [dbo].[Orders]([OrderID] [int] IDENTITY(1,1) NOT NULL PRIMARY KEY, [CustomerID] [nchar](5) NULL, [EmployeeID] [int] NULL, [OrderDate] [datetime] NULL, [RequiredDate] [datetime] NULL, [ShippedDate] [datetime] NULL, [ShipVia] [int] NULL, [Freight] [money] NULL, [ShipName] [nvarchar](40) NULL)
GO
CREATE TABLE [dbo].[Order Details]([OrderID] [int] NOT NULL, [ProductID] [int] NOT NULL, [UnitPrice] [money] NOT NULL, [Quantity] [smallint] NOT NULL CONSTRAINT [DF_Quantity] DEFAULT ((1)), [Discount] [real] NOT NULL, CONSTRAINT [PK_Order_Details] PRIMARY KEY CLUSTERED ([OrderID] ASC, [ProductID] ASC))
GO
ALTER TABLE [dbo].[Products] WITH NOCHECK ADD CONSTRAINT [FK_Products_Categories] FOREIGN KEY([CategoryID]) REFERENCES [dbo].[Categories] ([CategoryID])
GO
ALTER TABLE [dbo].[Products] CHECK CONSTRAINT [FK_Products_Categories]
GO
ALTER TABLE [dbo].[Products] WITH NOCHECK ADD CONSTRAINT [FK_Products_Suppliers] FOREIGN KEY([SupplierID]) REFERENCES [dbo].[Suppliers] ([SupplierID])
GO
ALTER TABLE [dbo].[Orders] WITH CHECK ADD CONSTRAINT [FK_Orders_Customers] FOREIGN KEY([CustomerID]) REFERENCES [dbo].[Customers] ([CustomerID])
GO
ALTER TABLE [dbo].[Orders] ADD CONSTRAINT [FK_Orders_Employees] FOREIGN KEY([EmployeeID]) REFERENCES [dbo].[Employees] ([EmployeeID]), CONSTRAINT [FK_Orders_Shippers] FOREIGN KEY([ShipVia]) REFERENCES [dbo].[Shippers] ([ShipperID])
GO
ALTER TABLE [dbo].[Order Details] ADD FOREIGN KEY([OrderID]) REFERENCES [dbo].[Orders] ([OrderID]), FOREIGN KEY([ProductID]) REFERENCES [dbo].[Products] ([ProductID])
GO
ALTER TABLE [dbo].[Order Details] WITH NOCHECK ADD CONSTRAINT [CK_Discount] CHECK (([Discount]>=(0) AND [Discount]<=(1)))
GO
ALTER TABLE [dbo].[Order Details] ADD CONSTRAINT [CK_Quantity] CHECK (([Quantity]>(0)))
GO
EXEC sys.sp_addextendedproperty @name=N'MS_Description', @value=N'x'
GO
CREATE VIEW [dbo].[Current Product List] AS SELECT ProductID FROM Products
GO
CREATE PROCEDURE [dbo].[CustOrderHist] @CustomerID nchar(5) AS BEGIN SELECT 1; SELECT 2; END
GO
