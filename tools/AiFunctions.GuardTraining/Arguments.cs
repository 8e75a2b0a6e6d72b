namespace AiFunctions.GuardTraining;

/// <summary>Named arguments, each with one or more values.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, List<string>> _values = [];

    /// <summary>Reads <c>--name value value --name value</c>.</summary>
    public static Arguments Parse(string[] args)
    {
        var arguments = new Arguments();
        List<string> values = [];
        foreach (var arg in args)
        {
            if (arg.StartsWith("--", StringComparison.Ordinal))
            {
                values = [];
                arguments._values[arg[2..]] = values;
            }
            else
            {
                values.Add(arg);
            }
        }

        return arguments;
    }

    /// <summary>All values of a name.</summary>
    public IReadOnlyList<string> All(string name) => _values.GetValueOrDefault(name) ?? [];

    /// <summary>The value of a name, or another.</summary>
    public string One(string name, string otherwise) => All(name) is [var value, ..] ? value : otherwise;
}
