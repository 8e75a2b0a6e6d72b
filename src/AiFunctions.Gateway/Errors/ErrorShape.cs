using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Errors;

/// <summary>How the clients of an API read its errors. Metadata of an operation's endpoint; without any it is OpenAI's shape, which this is.</summary>
internal class ErrorShape
{
    /// <summary><c>{"error":{…}}</c>, in a stream as an event of data alone.</summary>
    public static readonly ErrorShape OpenAI = new();

    /// <summary>The shape for a request's answer.</summary>
    public static ErrorShape Of(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<ErrorShape>() ?? OpenAI;

    /// <summary>Writes the body of a response.</summary>
    /// <param name="output">Gets it.</param>
    /// <param name="error">The error.</param>
    /// <param name="requestId">The request's id, as the caller knows it.</param>
    public virtual void Write(IBufferWriter<byte> output, GatewayError error, string requestId)
    {
        using var writer = new Utf8JsonWriter(output);
        error.WriteTo(writer, requestId);
    }

    /// <summary>Writes the event that ends a stream which has failed.</summary>
    /// <inheritdoc cref="Write"/>
    public virtual void WriteEvent(IBufferWriter<byte> output, GatewayError error, string requestId)
    {
        output.Write("data: "u8);
        Write(output, error, requestId);
        output.Write("\n\n"u8);
    }
}
