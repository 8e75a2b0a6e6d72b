using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AiFunctions.Gateway.RequestBody;

/// <summary>A request's body: valid UTF-8, valid JSON, an object, no field twice. A feature of the request.</summary>
internal sealed class JsonBody : IDisposable
{
    /// <summary>For an operation whose body may be left out, when it was.</summary>
    public static readonly JsonBody None = new(ReadOnlyMemory<byte>.Empty, null);

    private JsonDocument? _document;

    public JsonBody(ReadOnlyMemory<byte> bytes, JsonDocument? document)
    {
        Bytes = bytes;
        _document = document;
    }

    /// <summary>The bytes as they came, without a byte order mark.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The object; of kind Undefined when there was no body, and after <see cref="ReleaseRoot"/>.</summary>
    public JsonElement Root => _document?.RootElement ?? default;

    public static JsonBody Of(HttpContext context) => context.Features.GetRequiredFeature<JsonBody>();

    /// <summary>Gives back the memory of what was read from the bytes, which is more than they are. They stay.</summary>
    public void ReleaseRoot()
    {
        _document?.Dispose();
        _document = null;
    }

    public void Dispose() => ReleaseRoot();
}
