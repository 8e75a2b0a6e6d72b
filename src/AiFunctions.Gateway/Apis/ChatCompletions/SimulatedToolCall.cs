using System.Buffers;
using System.Text;
using System.Text.Json;

namespace AiFunctions.Gateway.Apis.ChatCompletions;

/// <summary>A tool call that the simulator was told to make.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Arguments">Its arguments as JSON: for each property of its schema a value of the right type.</param>
internal sealed record SimulatedToolCall(string Name, string Arguments)
{
    /// <summary>The call that <c>tool_choice</c> demands; null when it leaves the choice, because then the simulator answers in words.</summary>
    public static SimulatedToolCall? Choose(JsonElement request, string asked)
    {
        if (!request.TryGetProperty("tool_choice", out var choice)
            || !request.TryGetProperty("tools", out var tools) || tools.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        string? wanted = null;
        if (choice.ValueKind == JsonValueKind.Object)
        {
            if (!choice.TryGetProperty("function", out var named) || !TryText(named, "name", out wanted))
            {
                return null;
            }
        }
        else if (choice.ValueKind != JsonValueKind.String || choice.GetString() != "required")
        {
            return null;
        }

        foreach (var tool in tools.EnumerateArray())
        {
            if (tool.ValueKind == JsonValueKind.Object && tool.TryGetProperty("function", out var function)
                && TryText(function, "name", out var name) && (wanted is null || wanted == name))
            {
                return new SimulatedToolCall(name!, WriteArguments(function, asked));
            }
        }

        return null;
    }

    private static string WriteArguments(JsonElement function, string asked)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (function.TryGetProperty("parameters", out var schema) && schema.ValueKind == JsonValueKind.Object
                && schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in properties.EnumerateObject())
                {
                    writer.WritePropertyName(property.Name);
                    WriteValue(writer, property.Value, asked);
                }
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteValue(Utf8JsonWriter writer, JsonElement schema, string asked)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            writer.WriteNullValue();
            return;
        }

        if (schema.TryGetProperty("enum", out var options) && options.ValueKind == JsonValueKind.Array && options.GetArrayLength() > 0)
        {
            options[0].WriteTo(writer);
            return;
        }

        _ = TryText(schema, "type", out var type);
        switch (type)
        {
            case "string":
                writer.WriteStringValue(asked);
                break;
            case "integer" or "number":
                writer.WriteNumberValue(1);
                break;
            case "boolean":
                writer.WriteBooleanValue(true);
                break;
            case "array":
                writer.WriteStartArray();
                writer.WriteEndArray();
                break;
            case "object":
                writer.WriteStartObject();
                writer.WriteEndObject();
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    private static bool TryText(JsonElement element, string name, out string? text)
    {
        text = element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
        return text is not null;
    }
}
