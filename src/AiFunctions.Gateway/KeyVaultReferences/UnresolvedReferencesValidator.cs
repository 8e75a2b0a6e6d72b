using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.KeyVaultReferences;

/// <summary>Refuses to start with a reference for a secret.</summary>
internal sealed class UnresolvedReferencesValidator : IValidateOptions<UnresolvedReferences>
{
    public ValidateOptionsResult Validate(string? name, UnresolvedReferences options) =>
        options.Settings.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(options.Settings.Select(setting =>
                $"{setting} is a Key Vault reference that was not resolved: check that the secret exists and that the app's identity may read it."));
}
