using System.Net;
using AiFunctions.Gateway.Hashing;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Authentication;

/// <summary>Checks the settings of the management API at start.</summary>
internal sealed class ManagementOptionsValidator : IValidateOptions<ManagementOptions>
{
    private const int IPv4In6Bits = 96;

    public ValidateOptionsResult Validate(string? name, ManagementOptions options)
    {
        if (options.Key is { Length: < HashKeyOptionsValidator.ShortestSecret })
        {
            return ValidateOptionsResult.Fail($"Management__Key must have at least {HashKeyOptionsValidator.ShortestSecret} characters.");
        }

        var bad = Array.FindIndex(options.AllowedNetworks, network => TryParse(network) is null);
        return bad < 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(FormattableString.Invariant(
            $"Management__AllowedNetworks__{bad} must be a network whose address has nothing after its prefix, such as 203.0.113.0/24 or 2001:db8::/32."));
    }

    /// <summary>Reads a network in CIDR notation; an IPv4 network in IPv6 notation is the IPv4 network.</summary>
    public static IPNetwork? TryParse(string? text)
    {
        if (!IPNetwork.TryParse(text, out var network))
        {
            return null;
        }

        return network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= IPv4In6Bits
            ? new IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - IPv4In6Bits)
            : network;
    }
}
