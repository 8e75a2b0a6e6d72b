using System.Text.Json;

namespace AiFunctions.Worker.Tests.Host;

/// <summary>What the host reads in an app's <c>host.json</c>.</summary>
internal sealed class HostFile
{
    /// <summary>Reads an app's file.</summary>
    /// <param name="app">The app's directory.</param>
    public HostFile(string app)
    {
        var http = JsonElement.Parse(File.ReadAllText(Path.Combine(app, "host.json"))).GetProperty("extensions").GetProperty("http");
        Headers = [.. http.GetProperty("customHeaders").EnumerateObject().Select(header => KeyValuePair.Create(header.Name, header.Value.GetString()!))];
    }

    /// <summary>The headers that every answer gets unless it has them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }
}
