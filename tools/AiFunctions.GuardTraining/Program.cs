using AiFunctions.GuardTraining;

return args switch
{
    ["train", .. var rest] => TrainCommand.Run(Arguments.Parse(rest)),
    ["gather", .. var rest] => GatherCommand.Run(Arguments.Parse(rest)),
    ["evaluate", .. var rest] => EvaluateCommand.Run(Arguments.Parse(rest)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        train --data <directory or .jsonl>... --output <model> [--seed 1] [--folds false] [--list <prefix>]
        gather --from <directory>... --source <name> --output <.jsonl> [--take 300] [--seed 1]
        evaluate --data <.jsonl>... [--model <model>] [--obfuscate true] [--list <file>]
        """);
    return 1;
}
