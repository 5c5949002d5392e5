"""One customer's money: months, payments due, an allocation and a savings goal."""
