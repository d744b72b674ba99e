"""Letters of apology: who owes one to whose citizen and why, until it is sent or somebody answers for its not being sent."""
