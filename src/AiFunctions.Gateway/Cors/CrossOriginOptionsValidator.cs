using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Cors;

/// <summary>Checks the CORS settings at start.</summary>
internal sealed class CrossOriginOptionsValidator : IValidateOptions<CrossOriginOptions>
{
    public ValidateOptionsResult Validate(string? name, CrossOriginOptions options)
    {
        if (options.AllowedOrigins.Concat(options.AllowedMethods).Concat(options.AllowedHeaders).Any(value => value.Contains('*')))
        {
            return ValidateOptionsResult.Fail("Cors__AllowedOrigins, Cors__AllowedMethods and Cors__AllowedHeaders must not hold '*'; name each value.");
        }

        return options.AllowedOrigins.FirstOrDefault(origin => !IsOrigin(origin)) is null
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                "Cors__AllowedOrigins must hold origins such as https://app.example.com: a scheme, a host, a port where it is not "
                    + "the usual one, and nothing after.");
    }

    private static bool IsOrigin(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && string.Equals(uri.GetLeftPart(UriPartial.Authority), origin, StringComparison.OrdinalIgnoreCase)
        && uri.UserInfo.Length == 0;
}
