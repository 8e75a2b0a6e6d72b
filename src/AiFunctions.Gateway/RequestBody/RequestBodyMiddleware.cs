using System.Text.Json;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Operations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace AiFunctions.Gateway.RequestBody;

/// <summary>Reads the body of an operation that takes one, and refuses what no model server should see.</summary>
internal sealed class RequestBodyMiddleware(RequestDelegate next, IOptions<RequestBodyOptions> options)
{
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];
    private readonly int _maxBytes = options.Value.MaxBytes;

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetOperation() is not { Body: not OperationBody.None } operation)
        {
            await next(context);
            return;
        }

        // The limit is ours, one for both hosts; the server's own would cut the connection before the caller has the answer.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        var reader = new BodyReader(context.Features.Get<BodyAllowance>() ?? BodyAllowance.Default, _maxBytes);
        if (await reader.ReadAsync(context.Request, context.RequestAborted) is not { } bytes)
        {
            await context.WriteErrorAsync(GatewayErrors.RequestTooLarge);
            return;
        }

        if (bytes.IsEmpty && operation.Body == OperationBody.Optional)
        {
            context.Features.Set(JsonBody.None);
            await next(context);
            return;
        }

        if (bytes.Span.StartsWith(ByteOrderMark))
        {
            bytes = bytes[ByteOrderMark.Length..];
        }

        var (document, error) = Parse(context.Request, bytes);
        if (error is not null)
        {
            await context.WriteErrorAsync(error);
            return;
        }

        using var body = new JsonBody(bytes, document);
        context.Features.Set(body);
        await next(context);
    }

    private static (JsonDocument? Document, GatewayError? Error) Parse(HttpRequest request, ReadOnlyMemory<byte> bytes) =>
        bytes.IsEmpty ? (null, GatewayErrors.EmptyBody)
        : !IsJson(request) ? (null, GatewayErrors.UnsupportedMediaType)
        : JsonStructure.Parse(bytes);

    private static bool IsJson(HttpRequest request)
    {
        foreach (var encoding in request.Headers.ContentEncoding)
        {
            if (!string.IsNullOrEmpty(encoding) && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
            && (!type.Charset.HasValue || IsUtf8(HeaderUtilities.RemoveQuotes(type.Charset).AsSpan().Trim()));
    }

    // The second is no registered name, but some clients' for it; ASCII is a part of it. What the bytes really are is checked in any case.
    private static bool IsUtf8(ReadOnlySpan<char> charset) =>
        charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
        || charset.Equals("utf8", StringComparison.OrdinalIgnoreCase)
        || charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase);
}
