"""The table of faults: what each refusal of Salesforce means, what to do, and when to ask again.

One file for each protocol that has words of its own. It stands beside the rooms that speak to
the org, so that REST, SOAP and CometD are explained in the same way; the token endpoint's
refusals are in `console.salesforce.login_faults`, because its sentences name settings.
"""
