"""What FAQ maintainers do: sort the inbox, draft, train and compare, publish, roll back."""
