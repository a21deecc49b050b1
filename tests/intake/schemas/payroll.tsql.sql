USE [Payroll]
GO
SET ANSI_NULLS ON
GO
CREATE TYPE [dbo].[Money4] FROM [decimal](19, 4) NOT NULL
GO
CREATE TABLE [dbo].[Department](
	[DepartmentID] [smallint] IDENTITY(100,10) NOT NULL,
	[Name] [nvarchar](50) NOT NULL,
	[ManagerID] [int] NULL,
 CONSTRAINT [PK_Department] PRIMARY KEY CLUSTERED ([DepartmentID] ASC) WITH (PAD_INDEX = OFF) ON [PRIMARY],
 CONSTRAINT [AK_Name] UNIQUE NONCLUSTERED ([Name] ASC)
) ON [PRIMARY]
GO
CREATE TABLE [dbo].[Employee](
	[EmployeeID] [int] IDENTITY(1,1) NOT NULL PRIMARY KEY,
	[DepartmentID] [smallint] NOT NULL,
	[NationalID] [nvarchar](15) NOT NULL UNIQUE,
	[BirthDate] [date] NOT NULL,
	[HireDate] [date] NOT NULL CONSTRAINT [DF_Hire] DEFAULT (getdate()),
	[LeaveDate] [date] NULL,
	[Gender] [nchar](1) NOT NULL,
	[Salaried] [bit] NOT NULL DEFAULT ((1)),
	[rowguid] [uniqueidentifier] ROWGUIDCOL NOT NULL DEFAULT (newid()),
	[Level] AS (case when [Salaried]=(1) then 'S' else 'H' end) PERSISTED,
	[Notes] [nvarchar](max) NULL,
 CONSTRAINT [CK_Gender] CHECK ((upper([Gender])='F' OR upper([Gender])='M')),
 CONSTRAINT [CK_Leave] CHECK (([LeaveDate]>=[HireDate] OR [LeaveDate] IS NULL)),
 CONSTRAINT [CK_Birth] CHECK (([BirthDate]>='1930-01-01' AND [BirthDate]<='2005-12-31'))
)
GO
CREATE TABLE [dbo].[PaySlip](
	[EmployeeID] [int] NOT NULL,
	[Period] [char](7) NOT NULL,
	[Gross] [dbo].[Money4] NOT NULL,
	[Deductions] [dbo].[Money4] NOT NULL,
	[Net] AS ([Gross]-[Deductions]),
 CONSTRAINT [PK_PaySlip] PRIMARY KEY ([EmployeeID], [Period]),
 CONSTRAINT [CK_Period] CHECK ([Period] LIKE '[0-9][0-9][0-9][0-9]-[0-9][0-9]'),
 CONSTRAINT [CK_D] CHECK ([Deductions]<=[Gross])
)
GO
ALTER TABLE [dbo].[Employee] WITH CHECK ADD CONSTRAINT [FK_E_D] FOREIGN KEY([DepartmentID]) REFERENCES [dbo].[Department] ([DepartmentID])
GO
ALTER TABLE [dbo].[Department] WITH CHECK ADD FOREIGN KEY([ManagerID]) REFERENCES [dbo].[Employee] ([EmployeeID])
GO
ALTER TABLE [dbo].[PaySlip] ADD CONSTRAINT [FK_P_E] FOREIGN KEY([EmployeeID]) REFERENCES [dbo].[Employee] ([EmployeeID]) ON DELETE CASCADE
GO
EXEC sys.sp_addextendedproperty @name=N'MS_Description', @value=N'Pay slips.' , @level0type=N'SCHEMA',@level0name=N'dbo', @level1type=N'TABLE',@level1name=N'PaySlip'
GO
