using System.Text.Json;
using System.Text.RegularExpressions;

namespace AiFunctions.Local.Tests.Samples.HttpFiles;

/// <summary>What stands for the names in double braces: a file's variables, the environment's, and fields of earlier answers.</summary>
/// <param name="variables">The file's variables.</param>
/// <param name="environment">The environment's variables.</param>
internal sealed partial class HttpFileValues(IReadOnlyDictionary<string, string> variables, Func<string, string?> environment)
{
    private readonly Dictionary<string, string> _variables = new(variables, StringComparer.Ordinal);
    private readonly Dictionary<string, JsonElement> _answers = new(StringComparer.Ordinal);

    /// <summary>Gives one of the file's variables another value.</summary>
    public void Set(string variable, string value)
    {
        Assert.Contains(variable, _variables.Keys);
        _variables[variable] = value;
    }

    /// <summary>Keeps the answer to a named request for those that refer to it.</summary>
    public void Keep(string request, JsonElement answer) => _answers.Add(request, answer);

    /// <summary>The text with every name replaced.</summary>
    public string Fill(string text) => Reference().Replace(text, match => Value(match.Groups["name"].Value));

    private string Value(string name)
    {
        const string Environment = "$processEnv ";
        const string Answer = ".response.body.$.";
        if (name.StartsWith(Environment, StringComparison.Ordinal))
        {
            return environment(name[Environment.Length..].Trim()) ?? throw new InvalidOperationException($"{name} is not set.");
        }

        var at = name.IndexOf(Answer, StringComparison.Ordinal);
        return at < 0 ? Fill(_variables[name]) : _answers[name[..at]].GetProperty(name[(at + Answer.Length)..]).GetString()!;
    }

    [GeneratedRegex(@"\{\{(?<name>[^{}]+)\}\}")]
    private static partial Regex Reference();
}
