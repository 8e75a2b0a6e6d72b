using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Authentication.Certificates;

/// <summary>Keeps the Functions host in Azure from starting with certificates switched on and none that could count.</summary>
internal sealed class ForwardedCertificateValidator(Func<string, string?> environment) : IValidateOptions<ClientCertificateOptions>
{
    public ValidateOptionsResult Validate(string? name, ClientCertificateOptions options) =>
        options.Mode == ClientCertificateMode.Off || options.TrustForwardedHeader || !ForwardedCertificate.IsInAzure(environment)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                "Authentication__ClientCertificates__TrustForwardedHeader must be true, once the app's client certificate mode in "
                    + "Azure is Required without exclusion paths; else anyone could write the header.");
}
