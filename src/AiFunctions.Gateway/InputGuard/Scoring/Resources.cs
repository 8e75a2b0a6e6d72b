using System.Text;

namespace AiFunctions.Gateway.InputGuard.Scoring;

/// <summary>The data files that the scorer carries inside the assembly.</summary>
internal static class Resources
{
    /// <summary>Opens a resource of this folder.</summary>
    /// <param name="name">Its file name.</param>
    /// <exception cref="InvalidOperationException">The assembly was built without it.</exception>
    public static Stream Open(string name) =>
        typeof(Resources).Assembly.GetManifestResourceStream($"AiFunctions.Gateway.InputGuard.Scoring.{name}")
        ?? throw new InvalidOperationException($"The assembly lacks the resource {name}.");

    /// <summary>Reads a table of lines, key, tab, value; lines that begin with a hash and a space are comments.</summary>
    /// <param name="name">Its file name.</param>
    public static IEnumerable<(string Key, string Value)> ReadTable(string name)
    {
        using var reader = new StreamReader(Open(name), Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            if (tab > 0 && !line.StartsWith("# ", StringComparison.Ordinal))
            {
                yield return (line[..tab], line[(tab + 1)..]);
            }
        }
    }
}
