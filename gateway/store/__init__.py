"""All SQL of the gateway. Stores take and return facts or ids; rows do not leave."""
