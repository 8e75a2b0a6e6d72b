using System.Net;
using AiFunctions.Gateway.Callers;
using AiFunctions.Gateway.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Authentication;

/// <summary>Lets only callers of the networks in the settings reach what is for operators. Whoever is refused has shown no credential yet, so none has failed.</summary>
internal sealed class ManagementNetworkMiddleware(RequestDelegate next, CallerAddress addresses, IOptions<ManagementOptions> options)
{
    private static readonly PathString[] Paths = ["/manage", "/console"];

    private readonly IPNetwork[] _networks = [.. options.Value.AllowedNetworks.Select(ManagementOptionsValidator.TryParse).OfType<IPNetwork>()];

    public Task InvokeAsync(HttpContext context) =>
        _networks.Length == 0 || !IsForOperators(context.Request.Path) || IsAllowed(addresses.AddressOf(context))
            ? next(context)
            : context.WriteErrorAsync(GatewayErrors.ManagementNetwork);

    // By the address and not the operation: unknown addresses and wrong methods below it are nobody else's affair either.
    private static bool IsForOperators(PathString path) => Array.Exists(Paths, operators => path.StartsWithSegments(operators));

    private bool IsAllowed(IPAddress? address)
    {
        if (address is null)
        {
            return false;
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Array.Exists(_networks, network => network.Contains(address));
    }
}
