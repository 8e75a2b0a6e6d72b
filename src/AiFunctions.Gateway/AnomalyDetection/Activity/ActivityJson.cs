using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace AiFunctions.Gateway.AnomalyDetection.Activity;

/// <summary>The form in which clients' activity is stored: JSON arrays without names, many clients to a row.</summary>
internal static class ActivityJson
{
    /// <summary>No part is longer: a binary property holds 64 KiB.</summary>
    public const int LongestPart = 60 * 1024;

    /// <summary>Writes a slice: <c>[client, requests, tokens, client errors, server errors, refusals, log bytes, squared log bytes,
    /// operations, models]</c> for each client.</summary>
    public static IReadOnlyList<byte[]> WriteSlice(IReadOnlyDictionary<string, ActivityCounts> clients) => Write(clients, static (writer, counts) =>
    {
        writer.WriteNumberValue(counts.Requests);
        writer.WriteNumberValue(counts.Tokens);
        writer.WriteNumberValue(counts.ClientErrors);
        writer.WriteNumberValue(counts.ServerErrors);
        writer.WriteNumberValue(counts.Refusals);
        writer.WriteNumberValue(Math.Round(counts.LogBytes, 4));
        writer.WriteNumberValue(Math.Round(counts.SquaredLogBytes, 4));
        WriteMix(writer, counts.Operations);
        WriteMix(writer, counts.Models);
    });

    /// <summary>Writes an hour: <c>[client, the values of each <see cref="ActivitySeries"/>, operations, models]</c> for each client.</summary>
    public static IReadOnlyList<byte[]> WriteHour(IReadOnlyDictionary<string, HourCounts> clients) => Write(clients, static (writer, counts) =>
    {
        foreach (var value in counts.Values)
        {
            writer.WriteNumberValue(value);
        }

        WriteMix(writer, counts.Operations);
        WriteMix(writer, counts.Models);
    });

    /// <summary>Reads what <see cref="WriteSlice"/> has written, and adds it up.</summary>
    /// <exception cref="JsonException">It is nothing of ours.</exception>
    public static void ReadSlice(ReadOnlyMemory<byte> part, Dictionary<string, ActivityCounts> into) => Read(part, (client, values) =>
    {
        var counts = new ActivityCounts
        {
            Requests = values[1].GetInt64(),
            Tokens = values[2].GetInt64(),
            ClientErrors = values[3].GetInt64(),
            ServerErrors = values[4].GetInt64(),
            Refusals = values[5].GetInt64(),
            LogBytes = values[6].GetDouble(),
            SquaredLogBytes = values[7].GetDouble(),
        };
        ReadMix(values[8], counts.Operations);
        ReadMix(values[9], counts.Models);
        if (into.TryGetValue(client, out var known))
        {
            known.Add(counts);
        }
        else
        {
            into.Add(client, counts);
        }
    });

    /// <summary>Reads what <see cref="WriteHour"/> has written.</summary>
    /// <exception cref="JsonException">It is nothing of ours.</exception>
    public static void ReadHour(ReadOnlyMemory<byte> part, Dictionary<string, HourCounts> into) => Read(part, (client, values) =>
    {
        var counts = new HourCounts();
        for (var i = 0; i < counts.Values.Length; i++)
        {
            counts.Values[i] = values[i + 1].GetSingle();
        }

        ReadMix(values[counts.Values.Length + 1], counts.Operations);
        ReadMix(values[counts.Values.Length + 2], counts.Models);
        into[client] = counts;
    });

    private static List<byte[]> Write<T>(IReadOnlyDictionary<string, T> clients, Action<Utf8JsonWriter, T> write)
    {
        var parts = new List<byte[]>();
        var part = new ArrayBufferWriter<byte>();
        var one = new ArrayBufferWriter<byte>();
        foreach (var (client, counts) in clients)
        {
            one.ResetWrittenCount();
            using (var writer = new Utf8JsonWriter(one))
            {
                writer.WriteStartArray();
                writer.WriteStringValue(client);
                write(writer, counts);
                writer.WriteEndArray();
            }

            if (part.WrittenCount + one.WrittenCount + 2 > LongestPart)
            {
                Close();
            }

            part.Write(part.WrittenCount == 0 ? "["u8 : ","u8);
            part.Write(one.WrittenSpan);
        }

        if (part.WrittenCount > 0)
        {
            Close();
        }

        return parts;

        void Close()
        {
            part.Write("]"u8);
            parts.Add(part.WrittenSpan.ToArray());
            part.ResetWrittenCount();
        }
    }

    private static void Read(ReadOnlyMemory<byte> part, Action<string, JsonElement> read)
    {
        using var document = JsonDocument.Parse(part);
        try
        {
            foreach (var client in document.RootElement.EnumerateArray())
            {
                read(client[0].GetString() ?? "", client);
            }
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            throw new JsonException("A row of activity is not what was written.", e);
        }
    }

    private static void WriteMix(Utf8JsonWriter writer, ActivityMix mix)
    {
        Span<char> key = stackalloc char[10];
        writer.WriteStartObject();
        foreach (var (value, count) in mix.Counts)
        {
            value.TryFormat(key, out var length, default, CultureInfo.InvariantCulture);
            writer.WriteNumber(key[..length], count);
        }

        writer.WriteEndObject();
    }

    private static void ReadMix(JsonElement element, ActivityMix mix)
    {
        foreach (var value in element.EnumerateObject())
        {
            mix.Add(uint.Parse(value.Name, NumberStyles.None, CultureInfo.InvariantCulture), value.Value.GetInt64());
        }
    }
}
