using AiFunctions.Gateway.Hashing;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.RequestId;

/// <summary>Gives every request an id, the caller's own where it has a plain one, and says it in the response.</summary>
internal sealed class RequestIdMiddleware(RequestDelegate next, KeyedHash hash)
{
    public const string HeaderName = "x-request-id";
    private const int LongestId = 128;

    public Task InvokeAsync(HttpContext context)
    {
        var given = context.Request.Headers[HeaderName];
        if (given.Count == 1 && IsValid(given[0]))
        {
            context.Response.Headers[HeaderName] = given;
            context.TraceIdentifier = RecordedRequestId.Of(given[0]!, hash);
            context.Features.Set(new ToldRequestId(given[0]!));
        }
        else
        {
            context.Response.Headers[HeaderName] = context.TraceIdentifier = Guid.CreateVersion7().ToString("N");
        }

        return next(context);
    }

    /// <summary>1 to 128 letters, digits, dots, dashes and underscores: safe in a header, a log line and a file name.</summary>
    internal static bool IsValid(string? id)
    {
        if (string.IsNullOrEmpty(id) || id.Length > LongestId)
        {
            return false;
        }

        foreach (var c in id)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
            {
                return false;
            }
        }

        return true;
    }
}
