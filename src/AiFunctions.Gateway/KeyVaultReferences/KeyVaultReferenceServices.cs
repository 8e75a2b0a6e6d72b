using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.KeyVaultReferences;

/// <summary>Registers the check of Key Vault references at start.</summary>
internal static class KeyVaultReferenceServices
{
    public static IServiceCollection AddKeyVaultReferenceCheck(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<UnresolvedReferences>()
            .Configure(options => options.Settings =
            [
                .. configuration.AsEnumerable()
                    .Where(setting => setting.Value?.TrimStart().StartsWith(UnresolvedReferences.Prefix, StringComparison.OrdinalIgnoreCase) == true)
                    .Select(setting => setting.Key.Replace(ConfigurationPath.KeyDelimiter, "__", StringComparison.Ordinal))
                    .Order(StringComparer.Ordinal),
            ])
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<UnresolvedReferences>, UnresolvedReferencesValidator>();
        return services;
    }
}
