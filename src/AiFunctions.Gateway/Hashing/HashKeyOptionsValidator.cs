using AiFunctions.Gateway.Storage;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Hashing;

/// <summary>Checks the authentication settings at start.</summary>
internal sealed class HashKeyOptionsValidator(IOptions<StorageOptions> storage) : IValidateOptions<HashKeyOptions>
{
    public const int ShortestSecret = 32;

    public ValidateOptionsResult Validate(string? name, HashKeyOptions options)
    {
        if (options.HashKey is not null)
        {
            return options.HashKey.Length >= ShortestSecret
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail($"Authentication__HashKey must have at least {ShortestSecret} characters.");
        }

        return KeyedHash.AccountKeyOf(storage.Value.ConnectionString) is not null
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Authentication__HashKey must be set (32 random characters or more), because storage is not used with an account key that it could be derived from.");
    }
}
