from rehabcoder.cli import main

main()
