namespace AiFunctions.Gateway.Operations;

/// <summary>Who may call an operation.</summary>
public enum OperationAccess
{
    /// <summary>Anyone; no credential is looked at.</summary>
    Anonymous,

    /// <summary>A client of the gateway.</summary>
    Client,

    /// <summary>The holder of the management key, or of a token with the role for it.</summary>
    Management,
}
