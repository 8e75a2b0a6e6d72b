namespace AiFunctions.Local.Tests.Samples.HttpFiles;

/// <summary>A file of requests in the format of the editors' HTTP clients, as far as the sample uses it.</summary>
/// <param name="Variables">The variables that it sets, by name; their values may refer to others.</param>
/// <param name="Requests">Its requests, in order.</param>
internal sealed record HttpFile(IReadOnlyDictionary<string, string> Variables, IReadOnlyList<HttpFileRequest> Requests)
{
    private const string Separator = "###";

    /// <summary>Reads a file.</summary>
    public static HttpFile Parse(string text)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        var requests = new List<HttpFileRequest>();
        var title = "";
        var block = new List<string>();
        foreach (var line in text.Split('\n').Append(Separator))
        {
            if (line.StartsWith(Separator, StringComparison.Ordinal))
            {
                if (HttpFileRequest.TryParse(title, block) is { } request)
                {
                    requests.Add(request);
                }

                title = line[Separator.Length..].Trim();
                block.Clear();
            }
            else if (line.StartsWith('@'))
            {
                var equals = line.IndexOf('=', StringComparison.Ordinal);
                variables.Add(line[1..equals].Trim(), line[(equals + 1)..].Trim());
            }
            else
            {
                block.Add(line);
            }
        }

        return new HttpFile(variables, requests);
    }
}
