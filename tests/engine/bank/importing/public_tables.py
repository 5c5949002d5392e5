"""Small tables that are no statements, in the shapes of public exports and samples.

Names and values are invented; where a shape was reported as read wrong, the case names the project.
"""

from tests.engine.bank.importing.exports import export

TABLES = [
    export(
        "customers: births of two figures are never in the future",
        "customers.csv",
        "customer_id,name,dob\nC1,Ann,25/12/45\nC2,Bo,13/01/99\nC3,Cy,30/06/04\n",
        customers__born=["1945-12-25", "1999-01-13", "2004-06-30"],
    ),
    export(
        "customers: income in thousands with k, and a currency sign",
        "customers.csv",
        "client_no,full_name,annual_income\n1,Ann,£52k\n2,Bo,£47.5k\n",
        asked="",
        customers__annual_income=[52000.0, 47500.0],
    ),
    export(
        "customers: a month's salary becomes a year's income",
        "kunden.csv",
        "Kundennr;Name;Monthly salary (EUR)\n1;Ann;3.000,50\n2;Bo;2.100,00\n",
        customers__annual_income=[36006.0, 25200.0],
    ),
    export(
        "customers: first name and last name are one name",
        "clients.csv",
        "Client ID,First Name,Last Name,City\nC1,Ann,Lee,Leeds\nC2,Bo,Ray,York\n",
        customers__name=["Ann Lee", "Bo Ray"],
    ),
    export(
        "customers: a churn sample of the public kind",
        "Churn_Modelling.csv",
        """
RowNumber,CustomerId,Surname,CreditScore,Geography,Gender,Age,Tenure,Balance,NumOfProducts,HasCrCard,IsActiveMember,EstimatedSalary,Exited
1,15634602,Hargrave,619,France,Female,42,2,0,1,1,1,101348.88,1
2,15647311,Hill,608,Spain,Female,41,1,83807.86,1,0,1,112542.58,0
""",
        asked="currency",
        customers__customer_id=["15634602", "15647311"],
        customers__age=[42.0, 41.0],
        customers__credit_score=[619.0, 608.0],
        customers__annual_income=[101348.88, 112542.58],
        accounts__balance=[0.0, 83807.86],
    ),
    export(
        "customers: a total below is no customer",
        "customers.csv",
        "customer_id,name,balance\nC1,Ann,10.50\nC2,Bo,20\nTotal,,30.50\n",
        asked="currency",
        customers__customer_id=["C1", "C2"],
        accounts__balance=[10.5, 20.0],
    ),
    export(
        "customers: letters of Central Europe in the code page of Windows",
        "klienti.csv",
        "customer_id;name;city\nC1;Jiří Dvořák;Plzeň\nC2;Łucja Żak;Łódź\n".encode("cp1250"),
        customers__name=["Jiří Dvořák", "Łucja Żak"],
    ),
    export(
        "customers: a sheet saved as Unicode text",
        "customers.txt",
        "customer_id\tname\tage\nC1\tZoë\t41\nC2\tŁucja\t35\n".encode("utf-16"),
        customers__name=["Zoë", "Łucja"],
        customers__age=[41.0, 35.0],
    ),
    export(
        "customers: a title and the day of the report above the header",
        "report.csv",
        "Customer list,,\nAs of 1 June 2026,,\n\ncustomer_id,name,age\nC1,Ann,41\nC2,Bo,35\n",
        customers__customer_id=["C1", "C2"],
        customers__age=[41.0, 35.0],
    ),
    export(
        "accounts: overdrawn in brackets, one row each",
        "accounts.csv",
        "account_number,customer_id,type,balance,currency\n"
        '001,C1,current,"(1,250.00)",GBP\n002,C1,savings,"9,000.00",GBP\n',
        accounts__balance=[-1250.0, 9000.0],
        accounts__kind=["current", "savings"],
    ),
    export(
        "holdings: product names and days of the contract",
        "holdings.csv",
        "customer,product,start date\nC1,Gold card,13.02.2024\nC2,Home loan,28.02.2025\n",
        holdings__product_id=["Gold card", "Home loan"],
        holdings__opened_on=["2024-02-13", "2025-02-28"],
    ),
    export(
        "products: rates in per cent with a comma",
        "products.csv",
        "product_id;name;interest_rate\nP1;Savings;0,125 %\nP2;Loan;12,5 %\n",
        products__interest_rate=[0.00125, 0.125],
    ),
    export(
        "products: rates as shares stay shares",
        "products.csv",
        "product_id,name,interest_rate\nP1,Savings,0.0125\nP2,Loan,0.125\n",
        products__interest_rate=[0.0125, 0.125],
    ),
    export(
        "months: a month in words",
        "months.csv",
        "customer_id,month,income,spending\nC1,January 2026,2000,1500.5\nC1,Feb 2026,2000,1600\n",
        asked="currency",
        months__month=["2026-01-01", "2026-02-01"],
        months__spending=[1500.5, 1600.0],
    ),
]
