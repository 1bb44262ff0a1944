"""What is past its time goes, a handful at a time; what a legal hold or the law keeps stays."""
