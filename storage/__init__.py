"""Tables, transactions, encryption at rest and the job queue; knows no rule of the product."""
