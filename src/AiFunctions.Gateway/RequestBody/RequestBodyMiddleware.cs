using System.Buffers;
using System.IO.Pipelines;
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

        if (context.Request.ContentLength > _maxBytes)
        {
            await context.WriteErrorAsync(GatewayErrors.RequestTooLarge);
            return;
        }

        var (bytes, error) = await ReadAsync(context.Request.BodyReader, context.RequestAborted);
        if (error is not null)
        {
            await context.WriteErrorAsync(error);
            return;
        }

        if (bytes.IsEmpty && operation.Body == OperationBody.Optional)
        {
            context.Features.Set(JsonBody.None);
            await next(context);
            return;
        }

        error = bytes.IsEmpty ? GatewayErrors.EmptyBody : IsJson(context.Request) ? null : GatewayErrors.UnsupportedMediaType;
        if (error is null)
        {
            if (bytes.Span.StartsWith(ByteOrderMark))
            {
                bytes = bytes[ByteOrderMark.Length..];
            }

            (var document, error) = JsonStructure.Parse(bytes);
            if (document is not null)
            {
                using var body = new JsonBody(bytes, document);
                context.Features.Set(body);
                await next(context);
                return;
            }
        }

        await context.WriteErrorAsync(error!);
    }

    // The result is a fresh array, never a pooled one: an upstream call that was given up may still be reading it for a while.
    private async Task<(ReadOnlyMemory<byte> Bytes, GatewayError? Error)> ReadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.IsCompleted || read.Buffer.Length > _maxBytes)
            {
                var error = read.Buffer.Length > _maxBytes ? GatewayErrors.RequestTooLarge : null;
                var bytes = error is null ? read.Buffer.ToArray() : [];
                reader.AdvanceTo(read.Buffer.End);
                return (bytes, error);
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

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
            && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
    }
}
