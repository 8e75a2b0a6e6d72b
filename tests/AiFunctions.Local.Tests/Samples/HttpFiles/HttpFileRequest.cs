using System.Net.Http.Headers;
using System.Text;

namespace AiFunctions.Local.Tests.Samples.HttpFiles;

/// <summary>A request of a file, before its variables have values.</summary>
internal sealed record HttpFileRequest(
    string Title, string? Name, HttpMethod Method, string Url, IReadOnlyList<KeyValuePair<string, string>> Headers, string Body)
{
    private const string NameMark = "# @name ";

    /// <summary>Reads what stands between two separators; null when that is no request.</summary>
    public static HttpFileRequest? TryParse(string title, IReadOnlyList<string> lines)
    {
        var name = lines.FirstOrDefault(line => line.StartsWith(NameMark, StringComparison.Ordinal))?[NameMark.Length..].Trim();
        var rest = lines.SkipWhile(line => line.Length == 0 || line.StartsWith('#')).ToArray();
        if (rest is not [var first, ..])
        {
            return null;
        }

        var space = first.IndexOf(' ', StringComparison.Ordinal);
        var headers = rest.Skip(1).TakeWhile(line => line.Length > 0).Select(ReadHeader).ToArray();
        return new HttpFileRequest(
            title,
            name,
            HttpMethod.Parse(first.AsSpan(0, space)),
            first[(space + 1)..].Trim(),
            headers,
            string.Join('\n', rest.Skip(1 + headers.Length)).Trim());
    }

    /// <summary>The request as it is sent.</summary>
    public HttpRequestMessage ToMessage(HttpFileValues values)
    {
        var message = new HttpRequestMessage(Method, new Uri(values.Fill(Url)))
        {
            Content = Body.Length == 0 ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(values.Fill(Body))),
        };
        foreach (var (header, value) in Headers)
        {
            if (header.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
            {
                Assert.NotNull(message.Content);
                message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(values.Fill(value));
            }
            else
            {
                message.Headers.Add(header, values.Fill(value));
            }
        }

        return message;
    }

    private static KeyValuePair<string, string> ReadHeader(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        return new(line[..colon].Trim(), line[(colon + 1)..].Trim());
    }
}
