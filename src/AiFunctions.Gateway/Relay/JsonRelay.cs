using System.Buffers;
using System.Text.Json;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Upstreams;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Relay;

/// <summary>Passes an upstream's JSON answer on, byte for byte, once it is known to be whole.</summary>
internal static class JsonRelay
{
    /// <summary>The largest answer that is passed on, in bytes.</summary>
    public const int LargestAnswer = 32 * 1024 * 1024;

    private const int FirstBufferSize = 16 * 1024;

    /// <summary>Writes an answer to the caller.</summary>
    /// <exception cref="OperationCanceledException">The caller is gone.</exception>
    public static async Task WriteAsync(ReadOnlyMemory<byte> answer, HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted);
    }

    /// <summary>Reads a whole JSON object.</summary>
    /// <exception cref="GatewayException">The upstream broke off, or its answer is no JSON object.</exception>
    /// <exception cref="OperationCanceledException">The caller is gone.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(UpstreamResponse upstream)
    {
        var buffer = new ArrayBufferWriter<byte>(FirstBufferSize);
        int read;
        try
        {
            while ((read = await upstream.ReadAsync(buffer.GetMemory(FirstBufferSize))) > 0)
            {
                buffer.Advance(read);
                if (buffer.WrittenCount > LargestAnswer)
                {
                    throw new GatewayException(GatewayErrors.UpstreamError);
                }
            }
        }
        catch (GatewayException e) when (buffer.WrittenCount > 0)
        {
            throw new GatewayException(e.Error, e.InnerException) { UpstreamMayHaveWorked = true };
        }

        var answer = buffer.WrittenMemory;
        answer = answer.Span.StartsWith("\uFEFF"u8) ? answer[3..] : answer; // some servers mark the encoding of a text that can have only one
        if (!IsObject(answer.Span))
        {
            // Half an answer has cost something; a page of a proxy has not.
            throw new GatewayException(GatewayErrors.UpstreamError) { UpstreamMayHaveWorked = answer.Span.TrimStart(" \t\r\n"u8) is [(byte)'{', ..] };
        }

        return !SseData.IsErrorObject(answer.Span) ? answer : throw new GatewayException(GatewayErrors.UpstreamError);
    }

    private static bool IsObject(ReadOnlySpan<byte> answer)
    {
        try
        {
            var reader = new Utf8JsonReader(answer, new JsonReaderOptions { MaxDepth = SseData.DeepestAnswer });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
