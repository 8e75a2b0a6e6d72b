using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AiFunctions.Gateway.RequestBody;

/// <summary>A request's body: valid UTF-8, valid JSON, an object, no field twice. A feature of the request.</summary>
internal sealed class JsonBody : IDisposable
{
    /// <summary>For an operation whose body may be left out, when it was.</summary>
    public static readonly JsonBody None = new(ReadOnlyMemory<byte>.Empty, null);

    private readonly JsonDocument? _document;

    public JsonBody(ReadOnlyMemory<byte> bytes, JsonDocument? document)
    {
        Bytes = bytes;
        _document = document;
    }

    /// <summary>The bytes as they came, without a byte order mark.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The object; of kind Undefined when there was no body.</summary>
    public JsonElement Root => _document?.RootElement ?? default;

    public static JsonBody Of(HttpContext context) => context.Features.GetRequiredFeature<JsonBody>();

    public void Dispose() => _document?.Dispose();
}
