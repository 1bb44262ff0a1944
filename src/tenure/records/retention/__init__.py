"""What may not be deleted yet, and what each night let go: legal holds and the books of a job."""
