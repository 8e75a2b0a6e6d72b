using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using AiFunctions.Gateway.Blocks;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.RequestBody;

namespace AiFunctions.Gateway.Management;

/// <summary>An operator's wish to block someone, read from a request and checked.</summary>
internal sealed class BlockRequest
{
    private const int LongestReason = 200;
    private const int LongestAddress = 45;
    private const int LongestSeconds = 365 * 86_400;

    /// <summary>The client to block; null when it is an address.</summary>
    public string? ClientId { get; private set; }

    /// <summary>The one of the client's end users to block, by the name that its requests have; null when it is not one of them.</summary>
    public string? EndUser { get; private set; }

    /// <summary>The address to block; null when it is a client.</summary>
    public IPAddress? Address { get; private set; }

    public TimeSpan Length { get; private set; }

    public string? Reason { get; private set; }

    /// <summary>Reads a request.</summary>
    /// <exception cref="GatewayException">A field is missing, unknown or not what it must be; the error names it.</exception>
    public static BlockRequest Read(JsonElement body)
    {
        var request = new BlockRequest();
        foreach (var field in body.EnumerateObject().Where(field => field.Value.ValueKind != JsonValueKind.Null))
        {
            switch (field.Name)
            {
                case "client_id":
                    request.ClientId = RequestFields.Text(field.Value, "client_id", Clients.ClientId.LongestLength);
                    break;
                case "end_user":
                    request.EndUser = RequestFields.Text(field.Value, "end_user", PromptSenders.LongestName);
                    break;
                case "address":
                    request.Address = ReadAddress(field.Value);
                    break;
                case "seconds":
                    request.Length = TimeSpan.FromSeconds(RequestFields.Integer(field.Value, "seconds", 1, LongestSeconds)!.Value);
                    break;
                case "reason":
                    request.Reason = RequestFields.Text(field.Value, "reason", LongestReason);
                    break;
                default:
                    throw RequestFields.Unknown(field.Name);
            }
        }

        if (request.ClientId is null == request.Address is null)
        {
            throw RequestFields.Invalid("client_id", "or 'address' must be given, and only one of them");
        }

        if (request.EndUser is { Length: 0 } || (request.EndUser is not null && request.ClientId is null))
        {
            throw RequestFields.Invalid("end_user", "must be a name, beside the 'client_id' whose requests have it");
        }

        return request.Length > TimeSpan.Zero ? request : throw RequestFields.Invalid("seconds", "is missing; say how long the block lasts");
    }

    // Only the usual notation: the parser also takes "1" and octal numbers, and someone else would be blocked than was meant.
    private static IPAddress ReadAddress(JsonElement value)
    {
        var text = RequestFields.Text(value, "address", LongestAddress);
        return IPAddress.TryParse(text, out var address)
            && (address.AddressFamily == AddressFamily.InterNetworkV6 ? text.AsSpan().IndexOfAny('[', '%') < 0 : address.ToString() == text)
            ? address
            : throw RequestFields.Invalid("address", "must be an IPv4 or IPv6 address");
    }
}
