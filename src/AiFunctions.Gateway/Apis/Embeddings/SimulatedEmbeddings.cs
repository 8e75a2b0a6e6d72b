using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text.Json;
using AiFunctions.Gateway.Upstreams.Simulator;

namespace AiFunctions.Gateway.Apis.Embeddings;

/// <summary>The built-in model's embeddings: directions that depend on the input's bytes alone, of length one.</summary>
internal sealed class SimulatedEmbeddings : ISimulatedApi
{
    private const int DefaultDimensions = 256;
    private const int MostDimensions = 4096;

    /// <inheritdoc/>
    public string Path => "embeddings";

    /// <inheritdoc/>
    public SimulatedAnswer Answer(JsonElement request, DateTimeOffset now)
    {
        var dimensions = request.TryGetProperty("dimensions"u8, out var wanted) && wanted.ValueKind == JsonValueKind.Number
            ? Math.Min(wanted.GetInt32(), MostDimensions)
            : DefaultDimensions;
        var isBase64 = request.TryGetProperty("encoding_format"u8, out var format) && format.ValueEquals("base64"u8);
        var input = request.GetProperty("input"u8);
        var inputs = input.ValueKind == JsonValueKind.String || input[0].ValueKind == JsonValueKind.Number ? [input] : input.EnumerateArray().ToArray();

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("object"u8, "list"u8);
            writer.WriteStartArray("data"u8);
            for (var i = 0; i < inputs.Length; i++)
            {
                Write(writer, i, Embed(inputs[i], dimensions), isBase64);
            }

            writer.WriteEndArray();
            writer.WriteString("model"u8, "simulator"u8);
            var tokens = inputs.Sum(CountTokens);
            writer.WriteStartObject("usage"u8);
            writer.WriteNumber("prompt_tokens"u8, tokens);
            writer.WriteNumber("total_tokens"u8, tokens);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return new SimulatedAnswer(buffer.WrittenSpan.ToArray(), null);
    }

    private static void Write(Utf8JsonWriter writer, int index, float[] embedding, bool isBase64)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "embedding"u8);
        writer.WriteNumber("index"u8, index);
        if (isBase64)
        {
            writer.WriteBase64String("embedding"u8, MemoryMarshal.AsBytes<float>(embedding)); // little-endian, as every machine that this runs on is
        }
        else
        {
            writer.WriteStartArray("embedding"u8);
            foreach (var number in embedding)
            {
                writer.WriteNumberValue(number);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static float[] Embed(JsonElement input, int dimensions)
    {
        var bytes = JsonMarshal.GetRawUtf8Value(input);
        var embedding = new float[dimensions];
        Span<byte> hash = stackalloc byte[16];
        for (var i = 0; i < dimensions; i++)
        {
            XxHash128.Hash(bytes, hash, seed: i);
            embedding[i] = BinaryPrimitives.ReadInt32LittleEndian(hash) / (float)int.MaxValue;
        }

        var length = MathF.Sqrt(embedding.Sum(number => number * number));
        for (var i = 0; i < dimensions && length > 0; i++)
        {
            embedding[i] /= length;
        }

        return embedding;
    }

    private static int CountTokens(JsonElement input) => input.ValueKind switch
    {
        JsonValueKind.String => SimulatorText.CountWords(input.GetString()!),
        JsonValueKind.Array => input.GetArrayLength(),
        JsonValueKind.Object => input.EnumerateObject().Sum(member => CountTokens(member.Value)),
        _ => 0,
    };
}
