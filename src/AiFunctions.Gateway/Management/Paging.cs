using System.Globalization;
using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Operations;
using AiFunctions.Gateway.RequestBody;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace AiFunctions.Gateway.Management;

/// <summary>One page of a list: <c>?limit=&amp;cursor=</c>. The cursor stands for the id that the last page ended with.</summary>
internal readonly record struct Paging(int Limit, string? After)
{
    private const int DefaultLimit = 50;
    private const int LargestLimit = 100;

    /// <summary>Reads the page that a request asks for.</summary>
    /// <param name="query">The request's query.</param>
    /// <param name="isId">Whether a text can be an id of the list's items; by default, one of <see cref="ClientId"/>'s form.</param>
    /// <exception cref="Errors.GatewayException">A parameter is not what it must be; the error names it.</exception>
    public static Paging Read(IQueryCollection query, Func<string?, bool>? isId = null)
    {
        var limit = DefaultLimit;
        if (query.TryGetValue("limit", out var given)
            && !(int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= LargestLimit))
        {
            throw RequestFields.Invalid("limit", $"must be a whole number from 1 to {LargestLimit}");
        }

        string? after = null;
        if (query.TryGetValue("cursor", out var cursor))
        {
            after = Decode(cursor);
            if (!(isId ?? ClientId.IsWellFormed)(after))
            {
                throw RequestFields.Invalid("cursor", "is not one that a list has returned");
            }
        }

        return new Paging(limit, after);
    }

    /// <summary>Writes <c>{"data":[…],"next_cursor":…}</c> from a list that was read one item beyond the page.</summary>
    public async Task WriteAsync<T>(HttpContext context, List<T> oneMore, Func<T, string> id, Action<Utf8JsonWriter, T> write)
    {
        var limit = Limit;
        await JsonResponse.WriteAsync(context, StatusCodes.Status200OK, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("data"u8);
            foreach (var item in oneMore.Take(limit))
            {
                write(writer, item);
            }

            writer.WriteEndArray();
            writer.WriteString("next_cursor"u8, oneMore.Count > limit ? WebEncoders.Base64UrlEncode(Encoding.ASCII.GetBytes(id(oneMore[limit - 1]))) : null);
            writer.WriteEndObject();
        });
    }

    private static string? Decode(string? cursor)
    {
        try
        {
            return Encoding.ASCII.GetString(WebEncoders.Base64UrlDecode(cursor ?? ""));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
